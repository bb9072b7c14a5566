import * as l10n from '@vscode/l10n';
import { hex, reason, type Reason } from './reason';

/** Privilege levels, IOPL and the I/O permission bitmap (SDM 3A 5.9; 1 19.5). */

export const needsRing = (ring: number, cpl: number): Reason =>
  reason('privileged-instruction', 'SDM 3A 5.9', () =>
    l10n.t('The instruction may be executed with CPL {0} only; CPL is {1}.', ring, cpl),
  );

export const needsIopl = (cpl: number, iopl: number): Reason =>
  reason('iopl', 'SDM 1 19.5.1', () =>
    l10n.t('The instruction needs CPL ≤ IOPL; CPL is {0}, IOPL is {1}.', cpl, iopl),
  );

/** In virtual-8086 mode what touches IF needs IOPL 3. */
export const needsIopl3 = (iopl: number): Reason =>
  reason('virtual-8086-iopl', 'SDM 3B 21.2.7', () =>
    l10n.t('In virtual-8086 mode the instruction needs IOPL 3; IOPL is {0}.', iopl),
  );

/** VIP and VIF: what would let a virtual interrupt in goes to the operating system. */
export const virtualInterruptPending = (): Reason =>
  reason('virtual-interrupt-pending', 'SDM 3B 21.3.2', () =>
    l10n.t('RFLAGS.VIP is 1: a virtual interrupt waits, and the instruction would set VIF.'),
  );

export const trapFlagFromImage = (): Reason =>
  reason('virtual-trap-flag', 'SDM 2B POPF', () =>
    l10n.t('In virtual-8086 mode with IOPL below 3, the image of FLAGS cannot set TF.'),
  );

export const noRedirectionBitmap = (limit: number): Reason =>
  reason('redirection-bitmap', 'SDM 3B 21.3.3', () =>
    l10n.t(
      "With CR4.VME, INT n looks into the interrupt-redirection bitmap, and that lies beyond the TSS's limit {0}.",
      hex(limit),
    ),
  );

const aboveIopl = (cpl: number, iopl: number): string =>
  l10n.t('With CPL {0} and IOPL {1} the I/O permission bitmap of the TSS decides.', cpl, iopl);

interface PortAccess {
  readonly port: number;
  readonly cpl: number;
  readonly iopl: number;
}

export const noPortBitmap = ({ cpl, iopl }: PortAccess): Reason =>
  reason('io-bitmap-absent', 'SDM 1 19.5.2', () =>
    [aboveIopl(cpl, iopl), l10n.t('TR holds no TSS that is large enough to have one.')].join('\n'),
  );

export const portBeyondBitmap = ({ port, cpl, iopl }: PortAccess, limit: number): Reason =>
  reason('io-bitmap-limit', 'SDM 1 19.5.2', () =>
    [
      aboveIopl(cpl, iopl),
      l10n.t("The bits of port {0} lie beyond the TSS's limit {1}.", hex(port), hex(limit)),
    ].join('\n'),
  );

export const portForbidden = ({ port, cpl, iopl }: PortAccess): Reason =>
  reason('io-bitmap', 'SDM 1 19.5.2', () =>
    [aboveIopl(cpl, iopl), l10n.t('It forbids port {0}.', hex(port))].join('\n'),
  );
