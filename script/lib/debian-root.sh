#!/usr/bin/env bash
# Puts a clean Debian (minbase, with systemd's tools and the Java that a package would pull in) under .local/debian as an archive and prints its path. For the
# tests of the packages only; a second run changes nothing. From this machine's own Debian archive, by debootstrap; needs root. Fails loudly if it can't be had.
#
#   DEBIAN_ROOT=/path/of.tar   use this one instead
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

fail() {
  echo "debian-root.sh: $*" >&2
  exit 1
}

if [ -n "${DEBIAN_ROOT:-}" ]; then
  [ -f "$DEBIAN_ROOT" ] || fail "DEBIAN_ROOT=$DEBIAN_ROOT is not a file"
  echo "$DEBIAN_ROOT"
  exit 0
fi
[ "$(id -u)" -eq 0 ] || fail "this needs root, or set DEBIAN_ROOT to an archive of a Debian with Java"

suite=bookworm
home=$local_dir/debian
root_archive=$home/$suite-java17.tar
mkdir -p "$home"
# One maker at a time: two test runs of one clone may start together.
exec 9>"$home/lock"
flock 9
if [ -f "$root_archive" ]; then
  echo "$root_archive"
  exit 0
fi

apt_get debootstrap >&2
. "$root/script/lib/debian-archive.sh"
uri=$(archive | head -n 1)
[ -n "$uri" ] || fail "found no Debian source on this machine: set DEBIAN_ROOT"
work=$home/making
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
debootstrap --variant=minbase --include=systemd,openjdk-17-jre-headless,default-jre-headless,curl "$suite" "$work" "$uri" >"$home/log" 2>&1 ||
  { tail -n 20 "$home/log" >&2; fail "debootstrap of $suite failed, see $home/log"; }
rm -rf "$work"/var/cache/apt/archives/*.deb "$work"/var/lib/apt/lists/*
# Nothing that a test installs may start anything on this machine.
printf '#!/bin/sh\nexit 101\n' >"$work/usr/sbin/policy-rc.d"
chmod 755 "$work/usr/sbin/policy-rc.d"
# Java finds its own libraries by /proc.
unshare --mount --propagation private sh -ec 'mount -t proc proc "$1/proc"; exec chroot "$1" /usr/bin/java -version' sh "$work" >&2 || fail "the new root has no Java that runs"
tar -C "$work" --numeric-owner --one-file-system -cf "$root_archive.new" .
mv "$root_archive.new" "$root_archive"
echo "$root_archive"
