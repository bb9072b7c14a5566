import * as vscode from 'vscode';
import { messageOf } from '../errors';
import type { SessionWatcher } from '../session/watcher';

/** @returns undefined where nothing stands that could be asked, or what went wrong has been shown */
export type Ask = <T>(request: string, args?: object) => Promise<T | undefined>;

/** Asks the session in focus. */
export const askFocused =
  (watcher: SessionWatcher): Ask =>
  async <T>(request: string, args: object = {}) => {
    const session = watcher.focus?.session;
    if (!session) return undefined;
    try {
      return (await session.customRequest(request, args)) as T;
    } catch (error) {
      void vscode.window.showErrorMessage(messageOf(error));
      return undefined;
    }
  };
