import { fieldBits, fieldByEncoding, isHighAccess } from '../../../isa/vmx/fields';
import type { Processor } from '../../../processor/processor';
import type { Site } from '../../../vmm';
import { linearRip, LiveRegisters } from '../../registers/registers';
import type { FieldWriter, LastWrite } from '../last-write';

interface Note {
  readonly writer: FieldWriter;
  /** What was written; undefined where it was a half. */
  readonly value: bigint | undefined;
}

/**
 * Remembers who wrote each field of each VMCS last. It is no state of the machine: what was written before
 * somebody began to look, or by other ways than VMWRITE, is not known.
 */
export class FieldWriters {
  private readonly byVmcs = new Map<number, Map<number, Note>>();

  /** @param site where the built-in monitor is, while it has the processor */
  constructor(cpu: Processor, site?: () => Site | undefined) {
    const { observer } = cpu;
    const { fieldWritten: others } = observer;
    observer.fieldWritten = (vmcs, encoding, value) => {
      others?.(vmcs, encoding, value);
      const writer: FieldWriter = site
        ? { kind: 'monitor', site: site() }
        : { kind: 'program', address: linearRip(new LiveRegisters(cpu)) };
      this.note(vmcs, encoding, value, writer);
    };
  }

  /**
   * @param vmcs host-physical address of the region
   * @param encoding of the field, or of its high half
   */
  note(vmcs: number, encoding: number, value: bigint | number, writer: FieldWriter): void {
    const row = fieldByEncoding(encoding);
    if (!row) return;
    let fields = this.byVmcs.get(vmcs);
    if (!fields) this.byVmcs.set(vmcs, (fields = new Map<number, Note>()));
    const whole = isHighAccess(encoding)
      ? undefined
      : BigInt.asUintN(fieldBits(row), BigInt(value));
    fields.set(row.encoding, { writer, value: whole });
  }

  /** @param value what stands in the field now */
  last(vmcs: number, encoding: number, value: bigint): LastWrite | undefined {
    const note = this.byVmcs.get(vmcs)?.get(encoding);
    if (!note) return undefined;
    return { writer: note.writer, isOver: note.value !== undefined && note.value !== value };
  }
}
