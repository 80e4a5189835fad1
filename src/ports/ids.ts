/** Where ids, secrets and chance come from. */
export interface Ids {
  /** A fresh lower-case UUID. */
  uuid(): string;
  /** A fresh secret of 256 bits as base64url text (43 characters). */
  secret(): string;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}
