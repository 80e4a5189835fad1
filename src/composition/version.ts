/** What `/healthz` and the start-up line say; a test compares it with package.json. */
export const VERSION = "0.1.0";
