/** Where the vault's program, account and data are; what watches the vault needs them too. */
export const vault = {
  account: "vault1984",
  program: "/opt/vault1984/vault1984",
  home: "/var/lib/vault1984",
  database: "/var/lib/vault1984/vault1984.db",
  certificates: "/var/lib/vault1984/autocert",
  backups: "/var/lib/vault1984/backups",
};
