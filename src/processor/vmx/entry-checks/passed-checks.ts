import type { VmxCapabilities } from '../capabilities';
import type { Vmcs } from '../vmcs';
import { fieldWord, is64Bit, VMCS_BYTES_USED } from '../vmcs-layout';
import { isHighAccess, type Field } from '../../../isa/vmx/fields';
import { ENTRY_CHECKS } from './index';
import type { WatchedWords } from './watched-words';
import { EntryView, type EntryFacts, type EntryMemory } from './view';

const CHECKS = Object.values(ENTRY_CHECKS).flat();
/** 32-bit words in use in a VMCS region. */
const WORDS = VMCS_BYTES_USED / 4;

/**
 * The checks that a VMCS has passed, so that a VM entry makes only those again whose grounds have
 * changed since. Nothing is assumed about who changes a VMCS, or how: each word of the region that a
 * check has ever read is compared with what stood there when the check passed. What a check reads
 * beyond the region cannot be compared; such a check is made at every entry.
 */
export class PassedChecks {
  private readonly view: EntryView;
  private readonly facts: { -readonly [Fact in keyof EntryFacts]: EntryFacts[Fact] };
  /** For each word the numbers of the checks that have read it. */
  private readonly readers: number[][] = [];
  /** Whether a check is among the readers of a word: a row for each word. */
  private readonly isReader = new Uint8Array(WORDS * CHECKS.length);
  /** The checks that read more than the region. */
  private readonly unfounded = new Set<number>();
  /** The checks to be made, as a list and by number. */
  private readonly due: number[] = [];
  private readonly isDue = new Uint8Array(CHECKS.length);
  /** The check that is being made. */
  private current = 0;
  /** Whether all checks have passed when they were last made. */
  private passed = false;

  constructor(
    vmcs: Vmcs,
    memory: EntryMemory,
    capabilities: VmxCapabilities,
    /** The words that checks have read; none yet. */
    private readonly watched: WatchedWords,
  ) {
    this.facts = {
      longModeActive: false,
      vmcsAddress: BigInt(vmcs.address),
      memory: {
        read32: (address) => {
          this.unfounded.add(this.current);
          return memory.read32(address);
        },
        read64: (address) => {
          this.unfounded.add(this.current);
          return memory.read64(address);
        },
      },
    };
    this.view = new EntryView({
      read: (field) => {
        this.note(field);
        return vmcs.read(field);
      },
      readNumber: (field) => {
        this.noteWord(fieldWord(field));
        return vmcs.readNumber(field);
      },
      capabilities,
      facts: this.facts,
    });
  }

  /**
   * Whether the VMCS passes all checks. If it does not, `checkEntry` tells which.
   * @param longModeActive IA32_EFER.LMA at the time of VM entry
   */
  pass(longModeActive: boolean): boolean {
    if (!this.passed || longModeActive !== this.facts.longModeActive) {
      this.facts.longModeActive = longModeActive;
      CHECKS.forEach((_, number) => {
        this.addDue(number);
      });
    }
    this.watched.look(this.addReaders);
    if (this.unfounded.size > 0) for (const number of this.unfounded) this.addDue(number);
    if (this.due.length > 0) this.passed = this.makeDue();
    return this.passed;
  }

  private addDue(number: number): void {
    if (this.isDue[number] !== 0) return;
    this.isDue[number] = 1;
    this.due.push(number);
  }

  /** Makes the checks that are due; false when one of them fails. */
  private makeDue(): boolean {
    const { due } = this;
    let passed = true;
    for (const number of due) {
      this.isDue[number] = 0;
      this.current = number;
      passed &&= CHECKS[number]?.ok(this.view) ?? false;
    }
    due.length = 0;
    return passed;
  }

  private readonly addReaders = (word: number): void => {
    for (const number of this.readers[word] ?? []) this.addDue(number);
  };

  private note(field: Field): void {
    const word = fieldWord(field);
    this.noteWord(word);
    if (is64Bit(field) && !isHighAccess(field)) this.noteWord(word + 1);
  }

  /** The check that is being made reads a word. */
  private noteWord(word: number): void {
    const at = word * CHECKS.length + this.current;
    if (this.isReader[at] !== 0) return;
    this.isReader[at] = 1;
    const readers = this.readers[word];
    if (readers) {
      readers.push(this.current);
      return;
    }
    this.readers[word] = [this.current];
    this.watched.add(word);
  }
}
