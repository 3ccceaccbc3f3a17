// The two things a card page cannot say once and for all: how long an offer still runs, and that an old page is old.
// The server says how many seconds are left, so a wrong clock in the phone changes nothing.
const opened = performance.now();
const STALE_SECONDS = 60;

for (const timer of document.querySelectorAll('[data-seconds]')) {
  const total = Number(timer.dataset.seconds);
  const show = () => {
    const left = Math.max(0, Math.ceil(total - (performance.now() - opened) / 1000));
    const minutes = Math.ceil(left / 60);
    timer.textContent = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
    if (left > 0) return setTimeout(show, 1000 * Math.min(left % 60 || 60, 60));
    timer.closest('.next').hidden = true;
  };
  show();
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && performance.now() - opened > STALE_SECONDS * 1000) location.reload();
});
