/**
 * What is known to be harmless to the line to a host, each list with the reason. In a name, * stands for anything
 * without a slash.
 */

/** Files and folders, with all that lies in them, that no way in to a host reads. */
export const PATHS = {
  "programs and data of services":
    "/opt/* /srv /var/www /var/lib/* /var/log/* /var/cache/* /var/backups /mnt/* /media/*",
  "homes of accounts that do not log in for us": "/home/* /usr/share/ollama",
  "programs of services": "/usr/local/bin/* /usr/local/sbin/*",
  "files of services in this project": "/etc/fleet/* /usr/local/lib/fleet /etc/turnserver.conf /etc/logrotate.d/*",
  "certificates that services show": "/etc/ssl/fleet /etc/ssl/private/* /etc/letsencrypt /etc/acme",
  "run by cron, later": "/etc/cron.d/* /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/*",
  "a clock and texts for people": "/etc/systemd/timesyncd.conf /etc/systemd/timesyncd.conf.d /etc/motd /etc/issue",
  "told by the settings, units and options that are in them": "/etc/sysctl.d/60-fleet-* /etc/nixos/fleet",
};

/** Among those: what belongs to the network or to a login after all. */
export const PATHS_OF_THE_LINE = {
  "the network and its filters":
    "/etc/fleet/wireguard* /var/lib/wireguard /var/lib/tailscale /var/lib/NetworkManager /var/lib/dhcp* " +
    "/var/lib/systemd /var/lib/cloud /var/lib/ufw /var/lib/iptables /var/lib/nftables /var/lib/connman /var/lib/iwd",
  "accounts and rights": "/var/lib/sss /var/lib/extrausers /var/lib/polkit-1 /var/lib/dbus /var/lib/AccountsService",
};

/** Programs that a login or we run: nothing may hide them, as /usr/local/bin does what lies in /usr/bin. */
export const PROGRAMS_OF_THE_LINE =
  "awk bash cat chmod chown cp curl cut dash date dpkg* env find flock getent grep groupadd head id install ip ln ls " +
  "mkdir mv nft printf ps readlink rm rmdir sed setpriv sh sha256sum sleep sort ssh* stat su sudo sysctl systemctl " +
  "systemd-* tail tee test timeout touch tr true useradd usermod wc wg xargs zsh";

/** In the home of who logs in: what no shell and no sshd reads. */
export const PATHS_AT_HOME = ".secrets .cache .config/rclone .local/share .local/state";

/**
 * Daemons that change neither network nor accounts, by the names of their units. Each stands for its folders in /etc as
 * well, and for its options of NixOS. Docker and Podman are none: they make routes and filters.
 */
export const DAEMONS = {
  web: "nginx apache2 httpd caddy haproxy lighttpd varnish php*-fpm uwsgi",
  calls: "coturn turnserver",
  watching: "prometheus prometheus-* grafana grafana-server alertmanager loki promtail uptime-kuma ntfy",
  data:
    "postgresql mariadb mysql redis redis-server valkey memcached influxdb mosquitto rabbitmq-server litestream " +
    "minio docker-registry containerd ollama",
  mail: "postfix exim4 dovecot rspamd opendkim",
  clocks: "cron crond atd systemd-timesyncd timesyncd chrony chronyd ntpsec",
  keeping: "rsyslog logrotate certbot smartd smartmontools fstrim man-db nix-gc nix-optimise",
};

/** Programs that a unit may run as root besides those daemons. */
export const PROGRAMS = "true false test [ echo sleep openssl";

/**
 * Units that a login, the network or the boot needs, whatever their text says; a name stands for its instances as well.
 * Those of DAEMONS are not among them.
 */
export const UNITS_OF_THE_LINE =
  "ssh sshd sshd-keygen* sshd-unix-local* sshd-vsock* dropbear systemd-* dbus* polkit* user user-* session-* getty* " +
  "serial-getty container-getty console-* emergency rescue init* rc-local cloud-* kmod* modprobe " +
  "network network-* networking networkd-* NetworkManager* wpa_supplicant* dhclient* dhcp* ifup* ifdown* netplan* " +
  "resolvconf* unbound* dnsmasq* bind9 named nscd nslcd sssd* hostapd openvswitch-* " +
  "nftables iptables ip6tables ebtables arptables ipset netfilter-persistent ufw firewall* fail2ban sshguard crowdsec* " +
  "wg-quick* wireguard* tailscale* openvpn* strongswan* ipsec zerotier-one cloudflared nebula " +
  "docker podman* netavark* libvirt* lxc* incus*";

/** Targets that a unit may well want: they only say how far the system has come. */
export const TARGETS =
  "network.target network-online.target nss-lookup.target time-sync.target time-set.target remote-fs.target " +
  "local-fs.target basic.target sysinit.target multi-user.target timers.target sockets.target paths.target";

/** Settings of a unit that start another one. */
export const STARTING = "Wants Requires Requisite BindsTo Upholds OnFailure OnSuccess Unit Service Sockets Also";

/** Settings of a unit that stop another one, hold it back or take its name. */
export const HINDERING = "Conflicts Before RequiredBy UpheldBy PropagatesStopTo Alias";

/** Accounts that a login, the network or the rights of both need, besides who logs in. */
export const ACCOUNTS_OF_THE_LINE = "root sshd systemd-* messagebus dbus polkitd _dhc* dhcpcd sssd";

/** Groups that give access to a thing and not to the host. Any other may be named by sudoers or AllowGroups. */
export const GROUPS =
  "audio backup bluetooth cdrom dialout disk docker games gpio i2c input kvm lp mail nginx plugdev postgres redis " +
  "render spi ssl-cert systemd-journal tape turnserver tty video www-data";

/** Kernel settings that no packet, login or new process depends on. */
export const KERNEL =
  "vm.swappiness vm.max_map_count vm.vfs_cache_pressure vm.dirty_* fs.inotify.* fs.aio-max-nr kernel.core_pattern " +
  "kernel.core_uses_pid kernel.dmesg_restrict kernel.kptr_restrict kernel.perf_event_* kernel.printk kernel.sysrq " +
  "kernel.yama.ptrace_scope kernel.unprivileged_bpf_disabled net.core.somaxconn net.core.netdev_max_backlog " +
  "net.core.rmem_* net.core.wmem_* net.core.default_qdisc net.ipv4.ip_nonlocal_bind net.ipv6.ip_nonlocal_bind " +
  "net.ipv4.tcp_fin_timeout net.ipv4.tcp_tw_reuse net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_fastopen";

/** Options of NixOS, with all below, besides those of the daemons. */
export const OPTIONS =
  "nix time i18n documentation fonts environment.systemPackages security.acme programs.git programs.vim programs.htop";
