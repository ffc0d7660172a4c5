/** Puts text on the clipboard. */
async function toClipboard(text) {
    try {
        await navigator.clipboard.writeText(text);
    } catch {  // Browsers have no clipboard for pages that come from another machine without HTTPS.
        const before = document.activeElement;
        const area = document.createElement('textarea');
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
        before?.focus();
    }
}
