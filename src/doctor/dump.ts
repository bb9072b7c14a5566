/** Where something stands in the text that was given: both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A field as a dump prints it. */
export interface FoundField {
  readonly value: bigint;
  readonly place: Place;
}

/** A value that could not be read: cut, mistyped, or said twice in two ways. */
export interface Damage {
  readonly place: Place;
  /** What is wrong with it, in the user's language. */
  readonly message: string;
}

export type Vendor = 'intel' | 'amd';

/** Who printed a dump. */
export type Format = 'kvm' | 'xen' | 'hvext' | 'ringside';

/** An entry of an MSR area whose contents a dump prints. */
export interface MsrEntry {
  readonly index: number;
  readonly value: bigint;
  readonly place: Place;
}

/** What is printed around a dump of how the entry went, each with its place. */
export type Remark =
  /** The reason of a failed entry that a monitor gives beside its dump: 0x80000021, 7, 8, 0xffffffff. */
  | { readonly kind: 'hardware-error'; readonly error: bigint; readonly place: Place }
  /** VMLAUNCH or VMRESUME failed with this VM-instruction error. */
  | { readonly kind: 'vmfail'; readonly error: number; readonly place: Place }
  /** The exit qualification, or the number (from 1) of an entry of the MSR-load area. */
  | { readonly kind: 'qualification'; readonly value: bigint; readonly place: Place }
  /** The VM entry worked, and its exit was one that the monitor had not expected. */
  | { readonly kind: 'unexpected-exit'; readonly place: Place }
  /** Somebody asked for the dump: the guest is alive. */
  | { readonly kind: 'alive'; readonly place: Place }
  /** An MSR that could not be loaded: its number, and the bits that must be 0. */
  | {
      readonly kind: 'refused-msr';
      readonly index: number;
      readonly value: bigint;
      readonly mustBe0: bigint;
      readonly place: Place;
    };

/** One VMCS or VMCB out of a text. What a dump does not print is unknown, not zero. */
export interface Dump {
  readonly vendor: Vendor;
  readonly format: Format;
  readonly place: Place;
  /** By the id of `isa/vmx/fields` or `isa/svm/vmcb`. */
  readonly fields: ReadonlyMap<string, FoundField>;
  /** EFER as the monitor believes it to be, where the field itself is not loaded. */
  readonly believedEfer: bigint | undefined;
  /** Contents of the VM-entry MSR-load area. */
  readonly entryMsrs: readonly MsrEntry[];
  readonly remarks: readonly Remark[];
  readonly damages: readonly Damage[];
}
