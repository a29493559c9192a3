#!/bin/sh
# What the pictures and the tests in a browser need from the system: Chromium.
set -eu
packages=chromium
[ -x /usr/bin/chromium ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests: $packages"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >/dev/null && exit 0
fi
echo "The tests need: $packages. On Debian or Ubuntu: sudo apt-get install $packages" >&2
exit 1
