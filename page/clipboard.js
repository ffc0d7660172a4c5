/** Puts text on the clipboard, with the same as HTML where that is given, for Word and its like. */
async function toClipboard(text, html) {
    // What a page writes while it is told to copy reaches Word as it is; `navigator.clipboard` would take the marks
    // of footnotes out of it.
    const give = event => {
        event.clipboardData.setData('text/plain', text);
        if (html) event.clipboardData.setData('text/html', html);
        event.preventDefault();
    };
    document.addEventListener('copy', give);
    const done = document.execCommand('copy');
    document.removeEventListener('copy', give);
    if (done) return;
    if (!html) return navigator.clipboard.writeText(text);
    const parts = { 'text/plain': text, 'text/html': html };
    const blobs = Object.entries(parts).map(([type, part]) => [type, new Blob([part], { type })]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}
