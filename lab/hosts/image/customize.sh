#!/bin/sh
# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# customize.sh ROOT: makes a lab's host of a Debian root file system.
set -eu
root=$1
here=$(dirname "$0")

install -m 0755 "$here/lab-host-init" "$root/usr/local/sbin/lab-host-init"
install -m 0644 "$here/sshd.conf" "$root/etc/ssh/sshd_config.d/lab.conf"
rm -f "$root"/etc/ssh/ssh_host_*

chroot "$root" useradd --create-home --shell /bin/bash caas
printf 'caas ALL=(ALL) NOPASSWD: ALL\n' > "$root/etc/sudoers.d/caas"
chmod 0440 "$root/etc/sudoers.d/caas"

# systemd makes one at first boot, different on every host
: > "$root/etc/machine-id"

# hardware and upkeep that a container has not
chroot "$root" systemctl mask --quiet \
    systemd-udevd.service systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-udev-trigger.service \
    systemd-modules-load.service systemd-remount-fs.service getty.target console-getty.service \
    dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
