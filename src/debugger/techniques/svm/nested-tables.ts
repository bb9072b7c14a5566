import * as l10n from '@vscode/l10n';
import { entryTable } from '../../../isa/paging';
import { NestedPageFault } from '../../../isa/svm/exit-information';
import type { PageFault, WalkStep } from '../../../processor/paging/walk';
import type { NestedPageTables } from '../../../processor/svm/nested-paging';
import type {
  SecondLevel,
  SecondLevelAccess,
  SecondLevelResult,
  SecondLevelStep,
} from '../second-level';
import { entryFlags } from '../../views/entry-flags';
import { faultCause } from '../../words/page-faults';

/** AMD's names of entries, with the n of nested tables. */
const ENTRY_NAMES: Readonly<Record<number, string>> = {
  5: 'nPML5E',
  4: 'nPML4E',
  3: 'nPDPE',
  2: 'nPDE',
  1: 'nPTE',
};

/** Nested page tables as a debugger sees them: no flag is set (APM 2 15.25). */
export class NestedWalk implements SecondLevel {
  readonly name = 'NPT';

  constructor(private readonly tables: NestedPageTables) {}

  get root(): bigint {
    return this.tables.mode.cr3 & ~0xfffn;
  }

  entryName(level: number): string {
    return ENTRY_NAMES[level] ?? '';
  }

  hostAddress(guestPhysical: bigint): number | undefined {
    return this.tables.look(guestPhysical);
  }

  /** All accesses count as a user's, and those of walks of the guest's tables as writes (APM 2 15.25.5). */
  walk(
    guestPhysical: bigint,
    { write, execute, pageWalk = false }: SecondLevelAccess,
    visit?: (step: SecondLevelStep) => void,
  ): SecondLevelResult {
    const access = { write: write || pageWalk, execute, user: true };
    const result = this.tables.inspect(guestPhysical, access, (step) => visit?.(seen(step)));
    if (result?.translation) {
      return { kind: 'translation', address: Number(result.translation.address) };
    }
    const fault = result?.fault;
    const text = faultText(fault);
    if (!fault) return { kind: 'fault', level: 0, text };
    const where = pageWalk ? NestedPageFault.TABLE : NestedPageFault.FINAL;
    const information = `EXITINFO1 0x${(BigInt(fault.errorCode) | where).toString(16)}`;
    return { kind: 'fault', level: fault.level, text, information };
  }
}

const seen = (step: WalkStep): SecondLevelStep => ({
  level: step.level,
  index: step.index,
  entryAddress: step.entryHostAddress,
  entry: step.entry,
  leaf: step.leaf,
  flags: entryFlags(step),
  table: entryTable(step),
});

function faultText(fault: PageFault | undefined): string {
  if (!fault) return l10n.t('the nested page tables have no place for so large an address');
  return l10n.t(
    'nested page fault at level {0}: {1}; a #VMEXIT to the host (VMEXIT_NPF)',
    fault.level,
    faultCause(fault),
  );
}
