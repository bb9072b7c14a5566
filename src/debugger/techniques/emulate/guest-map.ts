import * as l10n from '@vscode/l10n';
import { eptEntryTable, EptRights } from '../../../isa/ept';
import { entryName } from '../../../isa/paging';
import type { Access } from '../../../processor/paging/walk';
import type { PhysicalMemory } from '../../../processor/physical-memory';
import { walkEpt, type EptAccess } from '../../../processor/vmx/ept';
import type { SecondLevel, SecondLevelResult, SecondLevelStep } from '../second-level';

const ANY: EptAccess = { read: false, write: false, execute: false };

/**
 * The tables by which the monitor finds the guest's frames. They have the format of EPT, but no hardware reads them:
 * the emulator does, for each access that it makes in the guest's name.
 */
export class GuestMap implements SecondLevel {
  readonly inSoftware = true;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly pointer: bigint,
  ) {}

  get name(): string {
    return l10n.t('memory map');
  }

  get root(): bigint {
    return this.pointer & ~0xfffn;
  }

  entryName(level: number): string {
    return `${this.name} ${entryName(level)}`;
  }

  hostAddress(guestPhysical: bigint): number | undefined {
    const result = walkEpt(this.memory, this.pointer, guestPhysical, ANY, false);
    return result.kind === 'translation' ? result.address : undefined;
  }

  walk(
    guestPhysical: bigint,
    { write }: Access,
    visit?: (step: SecondLevelStep) => void,
  ): SecondLevelResult {
    const wanted = { ...ANY, write };
    const result = walkEpt(this.memory, this.pointer, guestPhysical, wanted, false, (step) => {
      visit?.({ ...step, flags: rightsText(step.entry), table: eptEntryTable(step.leaf) });
    });
    if (result.kind === 'translation') return { kind: 'translation', address: result.address };
    const { level } = result;
    const text = l10n.t(
      'no frame at level {0}: the emulator asks the virtual device there, a ROM stays as it is',
      level,
    );
    return { kind: 'fault', level, text };
  }
}

const LETTERS = [
  ['R', EptRights.READ],
  ['W', EptRights.WRITE],
  ['X', EptRights.EXECUTE],
] as const;

function rightsText(entry: bigint): string {
  const set = LETTERS.filter(([, right]) => (Number(entry & 7n) & right) !== 0);
  return set.map(([letter]) => letter).join('') || '–';
}
