import * as l10n from '@vscode/l10n';
import { Vector } from '../../../isa/exceptions';
import type { TranslatedGuest, VirtualMachine } from '../../../vmm';
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
import type { ExitVocabulary } from '../technique';
import { CALL_GROUPS } from './call-groups';
import { callDetail, callOf, callReason, callTitle } from './calls';

const nameOf = (reason: number): string => callOf(reason)?.name() ?? trapName(reason);
const detailOf = (exit: ExitRecord): string =>
  callOf(exit.reason) ? callDetail(exit) : trapDetail(exit);

/** So many operations of the monitor, and all registers of the guest's are in its memory. */
const SAVED = 3;

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
