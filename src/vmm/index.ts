/** The built-in monitor: what the debugger and the command line use of it. */
export { Monitor, type Activity } from './monitor';
export { Cost } from './cost';
export { COST_EVENTS, COST_PROFILES, type CostEvent, type CostProfile, type Figure } from './costs';
export { EMULATION_GATE } from './technique';
export type { GuestEnd, GuestFailure } from './end';
export type { Operation, Site } from './operation';
export { VirtualMachine } from './virtual-machine';
export { VirtualMachines, type GuestOptions, type VirtualMachinesState } from './virtual-machines';
export type { Paging, TechniqueName } from './techniques';
export type { DeprivilegedGuest } from './deprivilege/deprivileged-guest';
export type { TranslatedGuest } from './translate/translated-guest';
export type { Block } from './translate/translation-cache';
export { Data } from './translate/data-page';
export { cacheBase, windowBase } from './translate/window';
export { HOLE_KINDS, REFUSED, type Hole, type HoleKind } from './deprivilege/holes/hole';
export { REFUSAL_KINDS, type Refusal, type RefusalKind } from './paravirt/direct/refusal';
export { Hypercall } from './hypercalls';
export { MonitorError } from './host/host';
export { keepsLeft } from './vtx/left-registers';
export { exitHandlerName } from './vtx/exits';
export { INTERCEPTS, type Intercept } from './vtx/vmcs-setup';
export type { SoftwareProcessor } from './emulator/software-processor';
export { fetchedText } from './emulate/fetched';
export { shadowTables, type ShadowTable } from './memory/shadow/shadow-listing';
export { GUEST_RAM, type HostProcess, type PageState } from './hosting/host-process';
export type { HostKernel } from './hosting/host-kernel';
export { LEAST_HOST_MEMORY, type Hosting, type HostingOptions } from './hosting/hosting';
export type { Allocation } from './memory/guest-memory';
export {
  guestPagingState,
  ownControls,
  shadowedControls,
  type GuestControls,
} from './vtx/guest-paging';
export { vcpuOffset, type VcpuRegister } from './vtx/vcpu-area';
