// How often is the service asked while somebody drags? A few times a second, one question at a time, the last one wins.

export interface Live<Question> {
  ask(question: Question): void;
  /** Forgets what is waiting and whatever answer is still to come. */
  hush(): void;
}

/** Asks at most once in `every` milliseconds and never while an answer is awaited; only the newest question is kept. */
export function live<Question, Answer>(
  every: number,
  answer: (question: Question) => Promise<Answer>,
  come: (question: Question, answer: Answer) => void,
  failed: (question: Question, failure: unknown) => void,
): Live<Question> {
  let waiting: { question: Question } | undefined;
  let running = false;
  let last = -Infinity;
  let turn = 0; // raised by hush: answers of an older turn mean nothing any more
  let timer: ReturnType<typeof setTimeout> | undefined;

  function next(): void {
    if (running || waiting === undefined || timer !== undefined) return;
    const pause = last + every - performance.now();
    if (pause > 0) timer = setTimeout(() => ((timer = undefined), next()), pause);
    else void run(waiting.question);
  }

  async function run(question: Question): Promise<void> {
    const mine = turn;
    waiting = undefined;
    running = true;
    last = performance.now();
    try {
      const came = await answer(question);
      if (mine === turn) come(question, came);
    } catch (failure) {
      if (mine === turn) failed(question, failure);
    } finally {
      running = false;
      next();
    }
  }

  return {
    ask(question) {
      waiting = { question };
      next();
    },
    hush() {
      turn += 1;
      waiting = undefined;
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
