/** The numbers by which a record names what executes it (`Rec.HANDLER`), the same for every engine. */

/** What stands in records that are no instruction; the forms follow in their order. */
export const SPECIAL_HANDLER = 0;
/** Leads on to another record, where a block or a page ends. */
export const FOLLOW_HANDLER = 1;
/** Executes a record by its inner handler, and counts no instruction. */
export const UNCOUNTED_HANDLER = 2;
export const FIRST_FORM_HANDLER = 3;
