/**
 * An id of no key, for work that takes as long where there is no record as where there is one.
 *
 * Twice, as two texts that say the same: so are the id in a request and that of its record, and to compare them takes longer than
 * to find that both are one. Cut out, because literals of the same text would be one; as long as ids are.
 * @module
 */
export const ABSENT_ID: string = '-000000000000'.slice(1)
export const ABSENT_ID_AGAIN: string = '_000000000000'.slice(1)
