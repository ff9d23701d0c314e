#!/usr/bin/env bash
# shell-files.sh HOME: makes of a distribution's own commands what a shell and man want, below HOME/share: man/man1/*.1,
# bash-completion/completions/tidegate, zsh/site-functions/_tidegate. The same bytes each time. A package installs them at the same places below /usr.
. "$(dirname "$0")/env.sh"
home=$1
share=$home/share
rm -rf "$share/man" "$share/bash-completion" "$share/zsh"
mkdir -p "$share/bash-completion/completions" "$share/zsh/site-functions"
"$home/bin/tidegate" man --output "$share/man" >/dev/null
"$home/bin/tidegate" completion bash >"$share/bash-completion/completions/tidegate"
"$home/bin/tidegate" completion zsh >"$share/zsh/site-functions/_tidegate"
