// The modules of the page as text, by file name: the only list of them. It puts them into a bundle or a binary.

export { default as "app_view.js" } from "./client/app_view.js" with { type: "text" };
export { default as "boards_view.js" } from "./client/views/boards_view.js" with { type: "text" };
export { default as "downloads.js" } from "./client/downloads.js" with { type: "text" };
export { default as "health_view.js" } from "./client/views/health_view.js" with { type: "text" };
export { default as "main.js" } from "./client/main.js" with { type: "text" };
export { default as "metrics_api.js" } from "./client/metrics_api.js" with { type: "text" };
export { default as "model.js" } from "./client/model.js" with { type: "text" };
export { default as "names_view.js" } from "./client/views/names_view.js" with { type: "text" };
export { default as "numbers.js" } from "./client/numbers.js" with { type: "text" };
export { default as "page_state.js" } from "./client/page_state.js" with { type: "text" };
export { default as "plot_view.js" } from "./client/views/plot_view.js" with { type: "text" };
export { default as "plotted.js" } from "./client/plotted.js" with { type: "text" };
export { default as "series_view.js" } from "./client/views/series_view.js" with { type: "text" };
export { default as "table_view.js" } from "./client/views/table_view.js" with { type: "text" };
export { default as "time_controls.js" } from "./client/views/time_controls.js" with { type: "text" };
