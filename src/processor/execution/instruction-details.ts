import { decodeDetail } from '../decoder/details';
import type { InstructionDetail } from './instruction-context';

/** What slow paths know of the instructions in records: decoded when first asked for. */
export class InstructionDetails {
  private readonly details = new Map<number, InstructionDetail>();

  /** @param bytes of the instruction in a record that has not been asked for yet */
  of(record: number, bits: 16 | 32 | 64, bytes: () => Uint8Array): InstructionDetail {
    const known = this.details.get(record);
    if (known) return known;
    const detail = decodeDetail(bytes(), bits, record);
    this.details.set(record, detail);
    return detail;
  }

  /** A record holds another instruction now. */
  forget(record: number): void {
    this.details.delete(record);
  }

  clear(): void {
    this.details.clear();
  }
}
