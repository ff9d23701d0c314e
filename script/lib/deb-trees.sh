#!/usr/bin/env bash
# deb-trees.sh OUT TIME: lays out what the two Debian packages hold, from the distribution as it was built, as OUT/tidegate.tar and OUT/tidegate-model.tar.
# The same input gives the same bytes: sorted, owned by root, modes of its own, every time stamp TIME.
set -euo pipefail
export LC_ALL=C
umask 022
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$1
time=$2
built=$root/router-core/target/tidegate
[ -d "$built/lib" ] && [ -d "$built/model/lib" ] || { echo "deb-trees.sh: $built is not built" >&2; exit 1; }

put() { # MODE FILE... FOLDER, below the tree
  local mode=$1 folder=$tree/${*: -1}
  install -d -m 755 "$folder"
  install -m "$mode" "${@:2:$#-2}" "$folder"
}
put_as() { # FILE PATH, below the tree
  install -d -m 755 "$(dirname "$tree/$2")"
  install -m 644 "$1" "$tree/$2"
}
packed() { # FILE PATH: compressed, without name and time
  install -d -m 755 "$(dirname "$tree/$2")"
  gzip -9nc "$1" >"$tree/$2.gz"
}
schema_beside() { # FILE PATH: its editor's hint leads to where the schema is installed
  install -d -m 755 "$(dirname "$tree/$2")"
  sed '1s#\$schema=\(\./\)\?#$schema=/usr/share/tidegate/#' "$1" >"$tree/$2"
  chmod 644 "$tree/$2"
}
close() { # NAME
  tar --sort=name --mtime="$time" --owner=root:0 --group=root:0 --mode=u=rwX,go=rX --format=gnu -C "$tree" -cf "$out/$1.tar" .
}

# --- the daemon
tree=$out/tree/tidegate
rm -rf "$out/tree"
mkdir -p "$tree"
put 755 "$built"/bin/* usr/lib/tidegate/bin
put 644 "$built"/lib/*.jar usr/lib/tidegate/lib
mkdir -p "$tree/usr/bin"
ln -s ../lib/tidegate/bin/tidegate "$tree/usr/bin/tidegate"
# What the program takes where neither a configuration nor systemd says otherwise.
ln -s /etc/tidegate/policies "$tree/usr/lib/tidegate/policies"
schema_beside "$root/conf/tidegate.yaml" etc/tidegate/tidegate.yaml
schema_beside "$root/policies/baseline.yaml" etc/tidegate/policies/baseline.yaml
put 644 "$root/conf/tidegate.schema.json" "$root/policies/policy.schema.json" usr/share/tidegate
for unit in tidegate.service tidegate.socket; do
  if [ -f "$root/systemd/$unit" ]; then put 644 "$root/systemd/$unit" usr/lib/systemd/system; fi
done
doc=usr/share/doc/tidegate
put 644 "$root/README.md" "$root/router-dist/src/deb/copyright" "$out/tidegate.cdx.json" $doc
packed "$root/router-dist/src/deb/changelog" $doc/changelog
packed "$root/CHANGELOG.md" $doc/CHANGELOG.md
# Flat, where the units look for pages; the README's own links find them too.
(cd "$root/docs" && find . -type f) | sort | while IFS= read -r file; do put_as "$root/docs/$file" "$doc/$file"; done
ln -s . "$tree/$doc/docs"
(cd "$root" && find deploy -type f ! -path '*/target/*') | sort | while IFS= read -r file; do put_as "$root/$file" "$doc/examples/$file"; done
put 644 "$root"/systemd/{private-only.conf,tidegate.nft,tidegate.sysctl,tidegate-model.conf} $doc/examples
(cd "$root/policies" && find examples -type f) | sort | while IFS= read -r file; do put_as "$root/policies/$file" "$doc/examples/policies/${file#examples/}"; done
# Pages and completion, which the program prints itself.
if [ -x "$root/script/lib/shell-files.sh" ]; then
  "$root/script/lib/shell-files.sh" "$built"
  for page in "$built"/share/man/man1/*.1; do packed "$page" "usr/share/man/man1/$(basename "$page")"; done
  put 644 "$built/share/bash-completion/completions/tidegate" usr/share/bash-completion/completions
  put 644 "$built/share/zsh/site-functions/_tidegate" usr/share/zsh/vendor-completions
fi
close tidegate

# --- the model
tree=$out/tree/tidegate-model
mkdir -p "$tree"
put 644 "$built"/model/lib/*.jar usr/lib/tidegate/model/lib
put 644 "$root"/systemd/tidegate-model{,-sync}.service usr/lib/systemd/system
put_as "$root/systemd/tidegate-model.sysusers" usr/lib/sysusers.d/tidegate-model.conf
put_as "$root/systemd/tidegate-model.tmpfiles" usr/lib/tmpfiles.d/tidegate-model.conf
doc=usr/share/doc/tidegate-model
put 644 "$root/router-dist/src/deb/copyright" $doc
packed "$root/router-dist/src/deb/changelog" $doc/changelog
close tidegate-model
