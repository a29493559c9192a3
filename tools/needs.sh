#!/bin/sh
# What the pictures, the tests in a browser and those of handovers need from the system: Chromium and ssh-keygen.
set -eu
packages=""
# Without a window a page is there in a third of the time; the ordinary Chromium does as well.
[ -x /usr/bin/chromium-headless-shell ] || [ -x /usr/bin/chromium ] || packages="chromium-headless-shell"
command -v ssh-keygen >/dev/null || packages="$packages openssh-client"
[ -z "$packages" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests: $packages"
    # shellcheck disable=SC2086 - several words
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages >/dev/null && exit 0
fi
echo "The tests need: $packages. On Debian or Ubuntu: sudo apt-get install $packages" >&2
exit 1
