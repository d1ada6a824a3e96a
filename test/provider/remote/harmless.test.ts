import { expect, test } from "vitest";
import { cutting, type Line, type Touched } from "../../../src/provider/remote/harmless.ts";

const nothing: Touched = { paths: [], units: [], accounts: [], groups: [], kernel: [], options: [] };
const root: Line = { user: "root" };
const deploy: Line = { user: "deploy" };
const cuts = (touched: Partial<Touched>, line: Line) => cutting({ ...nothing, ...touched }, line);

test("nothing cuts nothing", () => expect(cuts({}, root)).toBeUndefined());

test("the first thing is named by what it is", () => {
  const kernel = ["net.ipv4.ip_forward"];
  expect(cuts({ paths: ["/srv/a", "/etc/ssh/sshd_config", "/etc/hosts"], kernel }, root)).toBe(
    "the path /etc/ssh/sshd_config",
  );
  expect(cuts({ units: [{ name: "ssh.service", texts: [] }], kernel }, root)).toBe("the unit ssh.service");
  expect(cuts({ accounts: ["root"], kernel }, root)).toBe("the account root");
  expect(cuts({ groups: ["sudo"], kernel }, root)).toBe("the group sudo");
  expect(cuts({ kernel, options: ["networking.useDHCP"] }, root)).toBe("the kernel setting net.ipv4.ip_forward");
  expect(cuts({ options: ["networking.useDHCP"] }, root)).toBe("the option networking.useDHCP");
});

test.each<[string, Line, string[]]>([
  ["sshd", root, ["/etc/ssh", "/etc/ssh/sshd_config.d/10-x.conf", "/etc/default/ssh", "/etc/ssh/keys/deploy"]],
  ["drop-ins of sshd", root, ["/etc/systemd/system/ssh.service.d/x.conf", "/run/systemd/system/ssh.socket.d/x.conf"]],
  ["drop-ins of all services", root, ["/etc/systemd/system/service.d/x.conf"]],
  ["systemd itself", root, ["/etc/systemd/system.conf", "/etc/systemd/system.conf.d/x.conf", "/etc/systemd/system"]],
  ["what a target wants", root, ["/etc/systemd/system/multi-user.target.wants/x.service"]],
  ["a unit file of which nothing else is known", root, ["/etc/systemd/system/x.service"]],
  ["root's keys, their folder and what is above", root, ["/root/.ssh/authorized_keys", "/root/.ssh", "/root", "/"]],
  ["root's shell", root, ["/root/.bashrc", "/root/.profile", "/root/.bash_profile", "/root/.config/fish/config.fish"]],
  ["root's shell and keys, when another becomes root", deploy, ["/root/.bashrc", "/root/.ssh/config"]],
  ["keys and shell of who logs in", deploy, ["/home/deploy/.ssh/authorized_keys", "/home/deploy/.bashrc"]],
  ["a home that is known", { user: "deploy", home: "/srv/ops" }, ["/srv/ops/.ssh", "/srv/ops/.bashrc", "/srv/ops"]],
  ["what is above the home", { user: "ops", home: "/var/lib/ops/home" }, ["/var/lib/ops", "/var/lib", "/var", "/"]],
  ["a home that is not known", deploy, ["/var/lib/deploy/.profile", "/srv/people/.ssh/authorized_keys", "/home"]],
  ["keys by the name of who logs in", { user: "ops", home: "/home/ops" }, ["/srv/keys/ops", "/opt/keys/ops/keys"]],
  ["start files", root, ["/etc/profile", "/etc/profile.d/x.sh", "/etc/bash.bashrc", "/etc/environment", "/etc/zsh"]],
  ["logins", root, ["/etc/pam.d/sshd", "/etc/security/access.conf", "/etc/login.defs", "/etc/nologin", "/etc/shells"]],
  ["accounts", root, ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/nsswitch.conf", "/etc/sudoers.d/x"]],
  ["hosts that may come", root, ["/etc/hosts.allow", "/etc/hosts.deny", "/etc/hosts"]],
  ["filters", root, ["/etc/nftables.conf", "/etc/iptables/rules.v4", "/etc/ufw", "/etc/default/ufw", "/etc/firewalld"]],
  ["filters by log", root, ["/etc/fail2ban/jail.d/x.conf", "/etc/crowdsec"]],
  ["the network", root, ["/etc/network/interfaces.d/eth1", "/etc/netplan/50-x.yaml", "/etc/systemd/network/1.netdev"]],
  ["names", root, ["/etc/resolv.conf", "/etc/systemd/resolved.conf", "/etc/NetworkManager/conf.d/x.conf"]],
  ["tunnels", root, ["/etc/wireguard/wg0.conf", "/etc/fleet/wireguard-peers.conf", "/var/lib/tailscale/state"]],
  ["the kernel and the boot", root, ["/etc/sysctl.d/x.conf", "/etc/modprobe.d/x.conf", "/boot/x", "/etc/fstab"]],
  ["every program", root, ["/etc/ld.so.preload", "/etc/ld.so.conf.d/x.conf", "/usr/local/lib/libc.so.6", "/usr/bin/x"]],
  ["programs that hide the system's", root, ["/usr/local/bin/bash", "/usr/local/sbin/sshd", "/usr/local/bin"]],
  ["what merely looks like known", root, ["/etc/nginx2", "/srv2/x", "/opt", "/etc/cron.d", "/var/lib", "/home"]],
])("paths that may cut the line: %s", (_, line, paths) => {
  expect(paths.filter((path) => cuts({ paths: [path] }, line) !== `the path ${path}`)).toEqual([]);
});

test.each<[string, Line, string[]]>([
  ["daemons", root, ["/etc/nginx", "/etc/nginx/conf.d/x.conf", "/etc/turnserver.conf", "/etc/default/coturn"]],
  ["more daemons", root, ["/etc/php8.2-fpm.conf", "/etc/redis/redis.conf", "/etc/prometheus/prometheus.yml"]],
  ["a unit of a daemon", root, ["/etc/systemd/system/nginx.service.d/x.conf", "/etc/systemd/system/redis@a.service"]],
  ["services", root, ["/opt/x/bin/run", "/srv", "/srv/etc/ssh/x", "/var/lib/app/data", "/usr/local/bin/wrangler"]],
  ["cron", root, ["/etc/cron.d/sync"]],
  ["secrets of services in root's home", root, ["/root/.secrets", "/root/.secrets/x.env", "/root/.config/rclone/x"]],
  ["secrets there, when another becomes root", deploy, ["/root/.secrets/x.env"]],
  ["homes of others", root, ["/home/alice/.ssh/authorized_keys", "/home/alice", "/var/lib/inbox/.ssh/authorized_keys"]],
  ["homes of others beside one that is known", { user: "ops", home: "/home/ops" }, ["/home/alice/.ssh", "/srv/x/.ssh"]],
])("paths that are harmless: %s", (_, line, paths) => {
  expect(paths.filter((path) => cuts({ paths: [path] }, line) !== undefined)).toEqual([]);
});

const service = (...lines: string[]) => ["x.service", `[Service]\n${lines.join("\n")}\n`] as const;
const confined = (...lines: string[]) => service("User=app", "ExecStart=/opt/x/run", ...lines);

test.each<[string, readonly [name: string, ...texts: string[]]]>([
  ["sshd", ["ssh.service"]],
  ["its socket", ["ssh.socket"]],
  ["an instance of it", ["sshd@1.service"]],
  ["sshd with a text that looks harmless", ["sshd.service", confined()[1]]],
  ["a package's unit that is not known", ["zebra.service"]],
  ["a drop-in for it", ["zebra.service", "[Service]\nNice=5\n"]],
  ["the network", ["systemd-networkd.service"]],
  ["filters", ["nftables.service"]],
  ["a tunnel", ["wg-quick@wg0.service"]],
  ["Docker, which makes filters and routes", ["docker.service"]],
  ["a target", ["rescue.target", "[Unit]\nAllowIsolate=yes\n"]],
  ["a mount over homes", ["home.mount", "[Mount]\nWhat=/dev/sdb\nWhere=/home\n"]],
  ["a mount over what is above a home", ["-.mount"]],
  ["a mount over sshd's files", ["etc-ssh.mount", "[Mount]\n"]],
  ["a program of its own as root", service("ExecStart=/opt/x/run")],
  ["the same by number", service("User=0", "ExecStart=/opt/x/run")],
  ["the same by a later drop-in", [...confined(), "[Service]\nUser=root\n"]],
  ["a program as who logs in", service("User=root", "ExecStart=/opt/x/run")],
  ["a filter by hand", service("ExecStart=/usr/sbin/nft -f /etc/own.nft")],
  ["a route in a shell", service("ExecStart=/bin/sh -c 'true && ip route add x'")],
  ["a shell that is not plain", service('ExecStart=/bin/sh -c "true $(reboot)"')],
  ["a target in its place", service("ExecStart=/usr/bin/systemctl isolate rescue.target")],
  ["a step as root", confined("ExecStartPre=+/opt/x/prepare")],
  ["a step as root after other signs", confined("ExecStartPre=-+/opt/x/prepare")],
  ["all steps but one as root", confined("PermissionsStartOnly=true")],
  ["a right over the network", confined("AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_ADMIN")],
  ["a group with rights", confined("SupplementaryGroups=sudo")],
  ["a unit that ends sshd", confined("Conflicts=ssh.service")],
  ["a unit that ends the network", confined("Conflicts=network.target")],
  ["a unit that sshd waits for", confined("Before=ssh.service")],
  ["a unit that sshd cannot do without", confined("RequiredBy=ssh.service")],
  ["a unit that takes sshd's name", confined("Alias=sshd.service")],
  ["a unit that starts a firewall", confined("Wants=network-online.target ufw.service")],
  ["a unit that ends the system", confined("FailureAction=reboot")],
  ["a line that goes on", confined("Conflicts=a.service \\", "  ssh.service")],
  ["a socket on the port of the line", ["x.socket", "[Socket]\nListenStream=0.0.0.0:22\n"]],
  ["a timer that starts a target", ["x.timer", "[Timer]\nOnCalendar=daily\nUnit=reboot.target\n"]],
  ["a daemon's drop-in that runs something else", ["nginx.service", "[Service]\nExecStartPre=/usr/sbin/ip link\n"]],
  ["a daemon's drop-in that ends sshd", ["nginx.service", "[Unit]\nConflicts=ssh.service\n"]],
])("units that may cut the line: %s", (_, [name, ...texts]) => {
  expect(cuts({ units: [{ name, texts }] }, root)).toBe(`the unit ${name}`);
});

test.each<[string, readonly [name: string, ...texts: string[]]]>([
  ["a daemon", ["nginx.service"]],
  ["an instance of one", ["postgresql@17-main.service"]],
  ["a daemon of systemd's", ["systemd-timesyncd.service"]],
  ["a daemon's drop-in", ["coturn.service", "[Unit]\nAfter=network-online.target\n[Service]\nLoadCredential=a:/b\n"]],
  [
    "a daemon with other arguments",
    ["redis-server.service", "[Service]\nExecStart=\nExecStart=/usr/bin/redis-server /x\n"],
  ],
  ["a program under an account of its own", confined("Wants=network-online.target", "After=ssh.service")],
  ["a program under an account that systemd makes", service("DynamicUser=yes", "ExecStart=/opt/x/run")],
  ["a low port", confined("AmbientCapabilities=CAP_NET_BIND_SERVICE")],
  ["the usual of early units", confined("Conflicts=shutdown.target", "Before=shutdown.target")],
  ["a group of a device", confined("SupplementaryGroups=video")],
  ["a name that only looks like sshd", ["sshd-exporter.service", confined()[1]]],
  ["harmless programs in a shell", service('ExecStart=/bin/sh -c "test -s a || openssl req -out a"')],
  ["a socket on another port", ["x.socket", "[Socket]\nListenStream=2222\n"]],
  ["a timer", ["x.timer", "[Timer]\nOnCalendar=daily\n"]],
  ["a mount of data", ["srv-my\\x2ddata.mount", "[Mount]\nWhat=/dev/sdb\nWhere=/srv/my-data\n"]],
])("units that are harmless: %s", (_, [name, ...texts]) => {
  expect(cuts({ units: [{ name, texts }] }, root)).toBeUndefined();
});

test("a unit's own file is told by its text, and the port of the line is the connection's", () => {
  const [name, text] = confined();
  const paths = [`/etc/systemd/system/${name}`];
  expect(cuts({ paths, units: [{ name, texts: [text] }] }, root)).toBeUndefined();
  expect(cuts({ units: [{ name, texts: [text] }] }, { user: "app" })).toBe(`the unit ${name}`);
  const socket = { name: "x.socket", texts: ["[Socket]\nListenStream=[::]:2222\n"] };
  expect(cuts({ units: [socket] }, { user: "root", port: 2222 })).toBe("the unit x.socket");
});

test.each<["accounts" | "groups" | "kernel" | "options", Partial<Touched>, Line, string[], string[]]>([
  ["accounts", {}, deploy, ["deploy", "root", "sshd", "systemd-network"], ["app", "www-data"]],
  ["groups", { accounts: ["app"] }, root, ["sudo", "wheel", "ssh-users", "ops"], ["app", "video", "ssl-cert"]],
  [
    "kernel",
    {},
    root,
    ["net.ipv6.conf.all.disable_ipv6", "net/ipv4/ip_forward", "net.ipv4.conf.all.rp_filter", "kernel.modules_disabled"],
    ["net.core.somaxconn", "net/core/somaxconn", "vm.swappiness", "fs.inotify.max_user_watches"],
  ],
  [
    "options",
    {},
    root,
    [
      "networking.firewall.enable",
      "services.openssh.settings.PermitRootLogin",
      "services.tailscale.enable",
      "security.pam.loginLimits",
      "users.users.root.openssh.authorizedKeys.keys",
      'users.users."root".shell',
      "users.users",
      "users.mutableUsers",
      'environment.etc."ssh/sshd_config".text',
      'boot.kernel.sysctl."net.ipv4.ip_forward"',
      "boot.kernelModules",
      "systemd.services.sshd.serviceConfig",
      "nixpkgs.config",
    ],
    [
      "services.nginx.enable",
      "services.timesyncd.enable",
      "nix.gc.automatic",
      "time.timeZone",
      "users.users.app.home",
      'environment.etc."nginx/x.conf".text',
      'boot.kernel.sysctl."vm.swappiness"',
      "systemd.services.nginx.serviceConfig",
    ],
  ],
])("%s that may cut the line, and those that are harmless", (kind, more, line, guarded, harmless) => {
  const isGuarded = (name: string) => cuts({ ...more, [kind]: [name] }, line) !== undefined;
  expect(guarded.filter((name) => !isGuarded(name))).toEqual([]);
  expect(harmless.filter(isGuarded)).toEqual([]);
});
