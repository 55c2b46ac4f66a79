// The modules that the pages of all servers share, as text, by file name: the only list of them.

export { default as "html.js" } from "./client/html.js" with { type: "text" };
export { default as "icons.js" } from "./client/icons.js" with { type: "text" };
export { default as "modal.js" } from "./client/modal.js" with { type: "text" };
export { default as "sizes.js" } from "./client/sizes.js" with { type: "text" };
export { default as "theme.js" } from "./client/theme.js" with { type: "text" };
