// A refusal by the server: a stable code for programs, a sentence for people.

export class Refusal extends Error {
  /** @param {string} code @param {string} message @param {Record<string, any>} [facts] what else the server said of it */
  constructor(code, message, facts = {}) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.facts = facts;
  }
}
