/** What is left of a request's time for its own answer. */
export const ANSWER_MARGIN_MILLISECONDS = 100
