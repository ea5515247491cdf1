# Shared by the scripts here: a .venv of the project's own, made when there is none.
# Needs Python 3.11+ with venv and pip; PYTHON names another interpreter.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "vidkit needs Python 3.11 or newer; set PYTHON to one" >&2
  return 1
}

# ensure_venv EXTRAS: make .venv and install vidkit with these extras, unless that is done already.
ensure_venv() {
  local extras=$1 python stamp wanted
  stamp=".venv/.vidkit-$extras"
  wanted=$(cat pyproject.toml constraints.txt | cksum)
  if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(find_python) || return 1
    echo "Making .venv with $("$python" --version) ..." >&2
    rm -rf .venv
    "$python" -m venv .venv || return 1
  fi
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    echo "Installing vidkit[$extras] into .venv ..." >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
      --constraint constraints.txt --editable ".[$extras]" || return 1
    echo "$wanted" >"$stamp"
  fi
  PATH="$PWD/.venv/bin:$PATH"
  VIRTUAL_ENV="$PWD/.venv"
  export PATH VIRTUAL_ENV
}
