// @ts-check
/// <reference lib="dom" />
// The rules of the responses, as text.

import { Component, html } from "../../../../../program/page/client/html.js";
import { Modal } from "../../../../../program/page/client/modal.js";
import { visibleText } from "../text/visible_text.js";

/** @import { PageModel } from "../page_model.js" */

const EXAMPLE = `[{ "method": "POST", "path": "/hook/*",
   "sequence": [{ "status": 503, "delay_ms": 200 }, { "status": 200, "body": "ok" }] }]`;

/** @extends {Component<{ model: PageModel }, { text: string | undefined, problem: string, said: string }>} */
export class RulesDialog extends Component {
  /** @override */
  state = { text: /** @type {string | undefined} */ (undefined), problem: "", said: "" };

  /** @override */
  componentDidMount() {
    const { api, bin } = this.props.model;
    this.#try(async () => this.setState({ text: await api.rules(bin) }));
  }

  /** @override */
  render() {
    const { model } = this.props;
    const { text, problem, said } = this.state;
    return html`
      <${Modal} title=${model.bin === "" ? "Rules" : `Rules of ${visibleText(model.bin)}`} close=${() =>
        model.show({ dialog: undefined })}>
        <form onSubmit=${this.#save}>
          <p>The first rule that matches responds. Without one the response is 200, or that of
            <code>--forward</code>. For example:</p>
          <pre class="example" tabindex="0">${EXAMPLE}</pre>
          <label class="field"><span class="label">Rules, as JSON</span>
            <textarea name="rules" rows="12" spellcheck=${false} value=${text ?? ""} readonly=${text ===
              undefined}
              onInput=${(/** @type {Event} */ event) =>
                this.setState({
                  text: /** @type {HTMLTextAreaElement} */ (event.currentTarget).value,
                })}></textarea>
          </label>
          ${problem !== "" && html`<p class="note bad" role="alert">${visibleText(problem)}</p>`}
          ${said !== "" && html`<p class="note" role="status">${said}</p>`}
          <div class="buttons">
            <button type="button" onClick=${() => model.show({ dialog: undefined })}>Close</button>
            <button type="button" onClick=${this.#reset}>Start sequences again</button>
            <button type="submit" class="primary" disabled=${text === undefined}>Save</button>
          </div>
        </form>
        <//>
    `;
  }

  /** @param {SubmitEvent} event */
  #save = (event) => {
    event.preventDefault();
    const { api, bin } = this.props.model;
    this.#try(async () => {
      await api.saveRules(this.state.text ?? "", bin);
      this.setState({ said: "Saved: they count from the next request on." });
    });
  };

  #reset = () => {
    this.#try(async () => {
      await this.props.model.api.resetRules();
      this.setState({ said: "All sequences and states start again." });
    });
  };

  /** @param {() => Promise<void>} action */
  async #try(action) {
    this.setState({ problem: "", said: "" });
    try {
      await action();
    } catch (error) {
      this.setState({ problem: error instanceof Error ? error.message : String(error) });
    }
  }
}
