/** Where ids, secrets and chance come from. */
export interface Ids {
  /** A fresh lower-case UUID. Its end is drawn by chance; its beginning may be the same as that of its neighbours. */
  uuid(): string;
  /** A fresh secret of 256 bits as base64url text (43 characters). */
  secret(): string;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}
