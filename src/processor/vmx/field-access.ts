import { fieldByEncoding, VMCS_FIELDS } from '../../isa/vmx/fields';
import { VmxMisc } from '../../isa/vmx/capabilities';
import { fieldExists, type VmxCapabilities } from './capabilities';

const READABLE = 1;
const WRITABLE = 2;

/** Which encodings VMREAD and VMWRITE take on a processor (SDM 3C 31.3, VMREAD and VMWRITE). */
export class FieldAccess {
  /** By encoding, "high" ones included. */
  private readonly rights = new Uint8Array(0x10000);

  constructor(capabilities: VmxCapabilities) {
    const writesAll = (capabilities.misc & VmxMisc.VMWRITE_ANY) !== 0n;
    for (const row of VMCS_FIELDS) {
      if (!fieldExists(capabilities, row)) continue;
      const rights = READABLE | (writesAll || !row.readOnly ? WRITABLE : 0);
      for (const encoding of [row.encoding, row.encoding | 1]) {
        if (fieldByEncoding(encoding)) this.rights[encoding] = rights;
      }
    }
  }

  exists(encoding: number): boolean {
    return this.rights[encoding] !== undefined && this.rights[encoding] !== 0;
  }

  /** Whether VMWRITE may write a field that exists. */
  isWritable(encoding: number): boolean {
    return ((this.rights[encoding] ?? 0) & WRITABLE) !== 0;
  }
}
