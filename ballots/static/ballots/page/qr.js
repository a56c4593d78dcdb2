/** QR codes drawn here, so that what they hold is told to nobody but the camera. */

import { encode } from "../../vendor/uqr/uqr.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4; // modules of white on each side, as ISO/IEC 18004 asks

/** Put a QR code of `text` into an element; `label` is what a screen reader says of it. */
export function drawQr(element, text, label) {
    const { size, data } = encode(text, { ecc: "M", border: QUIET });
    const picture = document.createElementNS(SVG, "svg");
    picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", label);
    picture.setAttribute("shape-rendering", "crispEdges");
    picture.append(path(`M0 0h${size}v${size}H0z`, "qr-light"), path(dark(data), "qr-dark"));
    element.replaceChildren(picture);
}

/** One rectangle for every run of dark modules in a row. */
function dark(rows) {
    const runs = rows.map((row, y) => {
        let drawn = "";
        for (let x = 0; x < row.length; x += 1) {
            const start = x;
            while (row[x]) x += 1;
            if (x > start) drawn += `M${start} ${y}h${x - start}v1H${start}z`;
        }
        return drawn;
    });
    return runs.join("");
}

function path(d, name) {
    const drawn = document.createElementNS(SVG, "path");
    drawn.setAttribute("d", d);
    drawn.setAttribute("class", name);
    return drawn;
}
