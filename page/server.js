// What the scripts of all rooms share of talking to the server. Each of them is joined behind it.

/** What a function of the server says. */
async function reached(call) {
    const told = await call;
    if (told == null) throw new Error('no answer');  // Which is how Gradio tells that it was not reached.
    return told;
}

/** The content of a file in Base64, as the server takes it. */
const inBase64 = file => new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
});

/** What the server gives in Base64, as the content of a file. */
const fromBase64 = content => new Blob([Uint8Array.from(atob(content), character => character.charCodeAt(0))]);

/** Saves a file where the browser saves files. */
function download(name, content) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
