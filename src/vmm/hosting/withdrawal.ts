import type { Host } from '../host/host';
import type { PageHolder } from './host-process';

/**
 * What has a guest's pages mapped, and how it is told that the host's kernel takes a frame away (Linux calls that an MMU
 * notifier): its map, shadow tables, and translations that the processor, or software, knows.
 */
export const holderOf = (host: Host): PageHolder => ({
  withdraw: (page, frame) => {
    const { guestMemory, shadow, software, cpu } = host;
    guestMemory.withdraw(page);
    shadow?.forgetFrame(frame);
    host.addressSpaceChanged();
    software?.forgetMappings();
    cpu.flushWorld(1);
    // A guest in an outer ring has translations in the sets of root operation.
    if (host.deprivileged) cpu.flushWorld(0);
  },
  holds: (frame) => host.shadow?.holds(frame) === true,
});
