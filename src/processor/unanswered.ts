import { PAGE_SIZE } from './state/layout';

/** Accesses to a page where nobody answers. */
export interface UnansweredPage {
  reads: number;
  writes: number;
}

/** Physical addresses that were accessed although there is neither memory nor a device: for whoever wants to know. */
export class UnansweredAccesses {
  /** By the address of the page. */
  readonly pages = new Map<number, UnansweredPage>();

  note(address: number, write: boolean): void {
    const page = address - (address % PAGE_SIZE);
    let counted = this.pages.get(page);
    if (!counted) this.pages.set(page, (counted = { reads: 0, writes: 0 }));
    if (write) counted.writes++;
    else counted.reads++;
  }
}
