import { WideCr4, WideEfer } from '../../isa/registers/control';
import { ExitControl } from '../../isa/vmx/controls';
import { Field, fieldName, isHighAccess, type FieldId } from '../../isa/vmx/fields';
import type { VmxCapabilities } from '../../processor/vmx/capabilities';
import { EntryView, type EntryFacts, type EntryMemory } from '../../processor/vmx/entry-checks';
import type { Dump } from '../dump';
import {
  LEAST_FACTS,
  leastCapable,
  MOST_FACTS,
  mostCapable,
  type Evidence,
  type ProcessorFacts,
} from './any-processor';
import { Unknown } from './verdict';

const valueOf = ({ fields }: Dump, id: FieldId): bigint | undefined => fields.get(id)?.value;

function read(dump: Dump, field: Field): bigint {
  const id = fieldName(field & ~1);
  const found = dump.fields.get(id);
  if (!found) throw new Unknown(id);
  return isHighAccess(field) ? found.value >> 32n : found.value;
}

const MEMORY: EntryMemory = {
  read32: () => {
    throw new Unknown(undefined);
  },
  read64: () => {
    throw new Unknown(undefined);
  },
};

/** Facts that a dump has not, or not always: they are missed only by the rules that ask. */
class DumpFacts implements EntryFacts {
  readonly memory = MEMORY;
  readonly debugctlBits?: bigint;
  readonly perfGlobalCtrlBits?: bigint;
  readonly rtitCtlBits?: bigint;
  readonly lbrCtlBits?: bigint;
  readonly rtm?: boolean;
  readonly sgx?: boolean;
  readonly busLockDetection?: boolean;

  constructor(
    private readonly dump: Dump,
    facts: ProcessorFacts,
  ) {
    Object.assign(this, facts);
  }

  /** Only a host in IA-32e mode has addresses of more than 32 bits; its EFER tells, too. */
  get longModeActive(): boolean {
    const high = [Field.HOST_RIP, Field.HOST_GDTR_BASE, Field.HOST_IDTR_BASE, Field.HOST_TR_BASE]
      .map((field) => this.dump.fields.get(fieldName(field))?.value)
      .some((value) => value !== undefined && value >> 32n !== 0n);
    if (high) return true;
    const efer = valueOf(this.dump, 'HOST_IA32_EFER');
    if (efer === undefined) throw new Unknown('HOST_IA32_EFER');
    return (efer & WideEfer.LMA) !== 0n;
  }

  get vmcsAddress(): bigint {
    throw new Unknown(undefined);
  }
}

/** A VM entry as a dump tells it: what it does not print throws `Unknown`. */
class DumpView extends EntryView {
  constructor(
    private readonly dump: Dump,
    capabilities: VmxCapabilities,
    facts: ProcessorFacts,
  ) {
    super({
      read: (field) => read(dump, field),
      readNumber: (field) => Number(BigInt.asUintN(32, read(dump, field))),
      capabilities,
      facts: new DumpFacts(dump, facts),
    });
  }

  /** Without the entry controls, what the monitor believes of EFER tells the mode. */
  override get ia32eGuest(): boolean {
    const { fields, believedEfer } = this.dump;
    if (fields.has('VM_ENTRY_CONTROLS') || believedEfer === undefined) return super.ia32eGuest;
    return (believedEfer & WideEfer.LMA) !== 0n;
  }
}

const NOT_IN_A_DUMP = {
  msrs: new Map<number, bigint>(),
  get revision(): number {
    throw new Unknown(undefined);
  },
};

const withMissing = (assumed: Omit<VmxCapabilities, 'msrs' | 'revision'>): VmxCapabilities =>
  Object.defineProperties({ ...assumed } as VmxCapabilities, {
    ...Object.getOwnPropertyDescriptors(NOT_IN_A_DUMP),
  });

/** The bit behind the highest one that is set. */
const widthOf = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length);

function evidenceOf(dump: Dump): Evidence {
  const [host, guest] = [valueOf(dump, 'HOST_CR4'), valueOf(dump, 'GUEST_CR4')];
  const la57 = (((host ?? 0n) | (guest ?? 0n)) & WideCr4.LA57) !== 0n;
  const exit = valueOf(dump, 'VM_EXIT_CONTROLS') ?? 0n;
  const loadsCet = (exit & BigInt(ExitControl.LOAD_CET_STATE)) !== 0n;
  const hostCr3 = BigInt.asUintN(52, valueOf(dump, 'HOST_CR3') ?? 0n);
  return {
    linearAddressWidth: la57 ? 57 : host === undefined ? undefined : 48,
    physicalAddressWidth: Math.max(36, widthOf(hostCr3)),
    cr4: host ?? 0n,
    cet: loadsCet || ((host ?? 0n) & WideCr4.CET) !== 0n,
  };
}

/** The same dump, under the two processors between which its own must be. */
export function viewsOf(dump: Dump): { readonly most: EntryView; readonly least: EntryView } {
  const evidence = evidenceOf(dump);
  return {
    most: new DumpView(dump, withMissing(mostCapable(evidence)), MOST_FACTS),
    least: new DumpView(dump, withMissing(leastCapable(evidence)), LEAST_FACTS),
  };
}
