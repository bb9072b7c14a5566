import * as l10n from '@vscode/l10n';

/** What opens where more is to be read of something. */
export type Destination =
  'registers' | 'vmcs' | 'translation' | 'exits' | 'translationCache' | 'machines';

/** What stands beside the rings in a picture of the machine. */
export interface Station {
  /** 'translation-cache' */
  readonly id: string;
  /** Where whoever runs the guest is, or between him and the guest. */
  readonly stands: 'between' | 'host';
  readonly name: string;
  /** In a few words each. */
  readonly facts: readonly string[];
  readonly opens?: Destination;
}

/** What a technique gives a picture of the machine: how it differs from those of the others. */
export interface Drawn {
  /** Who runs what and how they change, in a sentence for somebody new. */
  readonly gist: string;
  /** What lets the guest go on: 'VM entry'. */
  readonly entering: string;
  readonly stations: readonly Station[];
  /** The ring in which code really runs, by the one that the guest believes in; absent where it is the same. */
  readonly realRing?: (believed: number) => number;
  /** The station whose code is executed in place of the guest's kernel. */
  readonly kernelRunsIn?: string;
  /** Whether a guest of the guest's own runs; absent where there is none. */
  readonly runsInner?: boolean;
}

/** Where nothing is virtualized. */
export const bareDrawn = (): Drawn => ({
  gist: l10n.t('Nothing is virtualized: the program has the processor and the devices for itself.'),
  entering: '',
  stations: [],
});
