export interface LockOptions {
  /** Called once when another process holds the lock. */
  onWait?: () => void;
  pollMs?: number;
  /** A holder whose heartbeat (every five seconds) is older than this is taken for dead. */
  staleMs?: number;
}

/**
 * Runs `work` while no other process holds the lock file at `path`; waits for its turn. A lock whose holder was killed
 * is taken over, so nobody ever has to delete one by hand. Not reentrant.
 */
export function withLock<T>(path: string, work: () => Promise<T>, options?: LockOptions): Promise<T>;
