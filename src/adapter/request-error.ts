import * as l10n from '@vscode/l10n';

/** A request fails with a message for people. */
export class RequestError extends Error {
  override name = 'RequestError';

  constructor(
    message: string,
    /** Shown in a dialog, not only where the request came from. */
    readonly showUser = false,
  ) {
    super(message);
  }
}

export const sessionHasEnded = (): RequestError =>
  new RequestError(l10n.t('the session has ended'));
