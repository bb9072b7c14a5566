import * as l10n from '@vscode/l10n';
import { isBackward, type RunCommand } from '../../debugger/run/run-settings';
import type { SessionContext } from '../context';

/** What takes no longer than this is not spoken of, in milliseconds. */
const PATIENCE = 500;

let searches = 0;

/** Tells the client that somebody is looking into the past for long, until it is over. */
export class SearchProgress {
  private readonly timer: ReturnType<typeof setTimeout> | undefined;
  private id: string | undefined;

  private constructor(private readonly context: SessionContext) {
    this.timer = setTimeout(() => {
      this.begin();
    }, PATIENCE);
  }

  /** @returns undefined where the client does not want to know, or nothing is looked for */
  static of(context: SessionContext, command: RunCommand): SearchProgress | undefined {
    const wanted = context.client.showsProgress && isBackward(command);
    return wanted ? new SearchProgress(context) : undefined;
  }

  private begin(): void {
    this.id = `past/${String(++searches)}`;
    this.context.send('progressStart', {
      progressId: this.id,
      title: l10n.t('Looking into the past'),
      cancellable: true,
    });
  }

  end(): void {
    clearTimeout(this.timer);
    if (this.id !== undefined) this.context.send('progressEnd', { progressId: this.id });
  }
}
