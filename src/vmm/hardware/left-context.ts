import { Cost } from '../cost';
import { MonitorError, type Host } from '../host/host';
import { instruction } from '../instruction';
import type { LeftRegisters } from './left-registers';

/** @throws MonitorError where the guest is alone */
function leftOf({ left }: Host): LeftRegisters {
  if (!left) throw new MonitorError('no other guest is there');
  return left;
}

/** Stores what exits leave of the guest in the processor. */
export const saveLeft = instruction('XSAVES, RDMSR, MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => leftOf(host).saveFrom(host.cpu),
  operands: () => ['[context]', 'x87, SSE, AVX, XCR0, MSRs, CR2, CR8, DR0 … DR3, DR6'],
});

export const loadLeft = instruction('XRSTORS, WRMSR, MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => leftOf(host).loadInto(host.cpu),
  operands: () => ['x87, SSE, AVX, XCR0, MSRs, CR2, CR8, DR0 … DR3, DR6', '[context]'],
});
