#!/bin/sh
# What the tests need from the system: strace (kills a save at each of its system calls) and Chromium (pages).
set -eu
packages=""
command -v strace >/dev/null || packages="$packages strace"
[ -x /usr/bin/chromium ] || packages="$packages chromium"
[ -z "$packages" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests:$packages"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >/dev/null && exit 0
fi
echo "The tests need:$packages. On Debian or Ubuntu: sudo apt-get install$packages" >&2
exit 1
