import { DebugInfoError } from './debug-info-error';

/** Damage in debug information: what cannot be read is not there, and why is kept for whoever tells it. */
export class Troubles {
  private error: DebugInfoError | undefined;

  /** What was found first, for people. */
  get first(): string | undefined {
    return this.error?.message;
  }

  /** What `read` gives; `otherwise` where something is damaged. */
  readonly guarded = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DebugInfoError)) throw error;
      this.error ??= error;
      return otherwise;
    }
  };
}
