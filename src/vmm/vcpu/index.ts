/** Virtual processors: where the registers of a guest lie while the processor has those of others. */
export { VcpuLayout } from './layout';
export { VcpuArea } from './vcpu-area';
