#!/usr/bin/env bash
# gather.sh OUT JDK: puts what router-dist has built beside this script's own tree into OUT, with the archive that has a Java runtime of its own, and checksums.
set -euo pipefail
export LC_ALL=C
umask 022
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$1
jdk=$2
built=$root/router-core/target/tidegate
packages=$root/router-dist/target
time=$(sed -n 's#.*<project.build.outputTimestamp>\(.*\)</project.build.outputTimestamp>.*#\1#p' "$root/pom.xml")
version=$(sed -n 's#^  <version>\(.*\)</version>.*#\1#p' "$root/pom.xml" | head -n 1)
name=tidegate-$version-linux-$(uname -m)

rm -rf "$out"
mkdir -p "$out"
cp "$packages"/*.deb "$out/"
cp "$packages/tidegate.cdx.json" "$out/tidegate-$version.cdx.json"

# What jdeps finds in the jars; without java.desktop, which Jackson, JNA and others ask for only if it is there; with elliptic curves, which are looked up by name.
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.httpserver,jdk.jfr,jdk.management,jdk.unsupported
modules=$modules,jdk.crypto.ec
tree=$packages/archive/$name
rm -rf "$packages/archive"
mkdir -p "$tree/bin" "$tree/lib" "$tree/model/lib"
"$jdk/bin/jlink" --add-modules "$modules" --no-header-files --no-man-pages --output "$tree/runtime"
install -m 755 "$built"/bin/* "$tree/bin"
install -m 644 "$built"/lib/*.jar "$tree/lib"
install -m 644 "$built"/model/lib/*.jar "$tree/model/lib"
cp -r "$root/conf" "$root/policies" "$root/systemd" "$tree/"
cp "$root/README.md" "$root/CHANGELOG.md" "$root/LICENSE" "$tree/"
cp -r "$root/docs" "$root/deploy" "$tree/"
cp "$packages/tidegate.cdx.json" "$tree/"
# Nothing that this machine made for itself.
rm -f "$tree/runtime/lib/server/"classes*.jsa
tar --sort=name --mtime="$time" --owner=root:0 --group=root:0 --numeric-owner --mode=u=rwX,go=rX --format=gnu -C "$packages/archive" -cf - "$name" | gzip -6n >"$out/$name.tar.gz"
rm -rf "$packages/archive"
(cd "$out" && sha256sum -- *.deb *.json *.tar.gz >SHA256SUMS)
