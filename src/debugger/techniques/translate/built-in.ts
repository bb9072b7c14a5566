import * as l10n from '@vscode/l10n';
import { Vector } from '../../../isa/exceptions';
import { cacheBase, type TranslatedGuest, type VirtualMachine } from '../../../vmm';
import { BuiltInDeprivilege } from '../deprivilege/built-in';
import { trapReason } from '../deprivilege/reasons';
import {
  trapDetail,
  trapGloss,
  trapHandler,
  trapId,
  trapInformation,
  trapName,
  trapTitle,
  trapWords,
} from '../deprivilege/trap-words';
import type { ExitRecord } from '../../trace/exit-trace';
import type { Drawn } from '../drawn';
import type { ExitVocabulary } from '../technique';
import { CALL_GROUPS } from './call-groups';
import { callDetail, callOf, callReason, callTitle } from './calls';

const nameOf = (reason: number): string => callOf(reason)?.name() ?? trapName(reason);
const detailOf = (exit: ExitRecord): string =>
  callOf(exit.reason) ? callDetail(exit) : trapDetail(exit);

/** So many operations of the monitor, and all registers of the guest's are in its memory. */
const SAVED = 3;
const CACHE = 'translation-cache';

/** Binary translation by the built-in monitor: the processor executes what stands for the kernel's code. */
export class BuiltInTranslation extends BuiltInDeprivilege {
  override readonly name: string = 'translate';
  protected override readonly saved: number = SAVED;

  constructor(
    vm: VirtualMachine,
    override readonly translated: TranslatedGuest,
  ) {
    super(vm, translated);
  }

  override get operation(): string {
    if (this.side === 'guest' && !this.vm.software && this.translated.mark) {
      return l10n.t('translated, in ring {0}', this.translated.real.cs & 3);
    }
    return super.operation;
  }

  override get drawn(): Drawn {
    const { cache } = this.translated.translator;
    const bits = this.translated.virtual.codeBits === 64 ? 64 : 32;
    const station = {
      id: CACHE,
      stands: 'between',
      name: l10n.t('Translation cache'),
      facts: [
        l10n.t('{0} blocks', cache.all.length),
        l10n.t('from {0} on', `0x${cacheBase(bits).toString(16)}`),
      ],
      opens: 'translationCache',
    } as const;
    return {
      ...super.drawn,
      gist: l10n.t(
        'Binary translation: the guest’s kernel is never executed. The processor executes what the VMM has made of it, in the translation cache; users run on it directly.',
      ),
      stations: [station],
      kernelRunsIn: CACHE,
    };
  }

  /** UD2 in the translation is no exception of the guest's: what it stands for tells why it was met. */
  protected override get lastReason(): number {
    const { mark } = this.translated;
    if (this.lastVector !== Vector.UD || !mark) return trapReason(this.lastVector);
    return callReason(mark.kind);
  }

  override readonly exits: ExitVocabulary = {
    ...this.trapVocabulary,
    groups: [...CALL_GROUPS, ...this.trapVocabulary.groups],
    impossible: (group) =>
      CALL_GROUPS.includes(group) ? undefined : this.trapVocabulary.impossible(group),
    words: trapWords(nameOf, detailOf),
    id: (reason) => callOf(reason)?.id ?? trapId(reason),
    name: nameOf,
    gloss: (reason) => callOf(reason)?.gloss() ?? trapGloss(reason),
    detail: detailOf,
    title: (exit) => (callOf(exit.reason) ? callTitle(exit) : trapTitle(exit)),
    information: trapInformation,
    handler: ({ reason }) => callOf(reason)?.handler ?? trapHandler(reason),
  };
}
