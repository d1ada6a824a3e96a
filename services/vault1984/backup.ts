import { vault } from "./paths.ts";

/** Copies the database as SQLite does it while others write, checks the copy, and removes all but the newest ones. */
export const backupScript = (keep: number): string => `#!/bin/sh
# Made by fleet (services/vault1984).
set -eu
database=${vault.database} folder=${vault.backups} keep=${keep}

if [ ! -s "$database" ]; then echo "there is no $database to copy yet"; exit 0; fi
copy=$folder/vault1984-$(date -u +%Y%m%dT%H%M%SZ).db
trap 'rm -f "$copy.part"*' EXIT
sqlite3 -cmd '.timeout 10000' "$database" ".backup '$copy.part'"
found=$(sqlite3 "$copy.part" 'pragma quick_check')
if [ "$found" != ok ]; then echo "the copy is damaged: $found"; exit 1; fi
mv "$copy.part" "$copy"
ls -1r "$folder"/vault1984-*.db | tail -n +$((keep + 1)) | while read -r old; do rm -f "$old"; done
`;
