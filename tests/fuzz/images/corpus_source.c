/* SPDX-License-Identifier: MIT */
/* What make_corpus.sh compiles for several machines: calls of every kind, a switch, stack of every kind. */
extern int outside(int n, const char *text);

struct operations {
	int (*first)(int n);
	int (*second)(int n);
};

static int one(int n)
{
	return outside(n, "one") + 1;
}

static int two(int n)
{
	char text[200];

	text[n & 127] = 1;
	return outside(n, text) + 2;
}

struct operations operations = {one, two};

int pick(int n)
{
	switch (n) {
	case 0: return one(3);
	case 1: return two(4) * 2;
	case 2: return operations.second(n);
	case 3: return outside(1, 0) ^ 5;
	case 4: return two(9) - one(8);
	}
	return operations.first(n);
}

int variable(int n)
{
	char text[n];

	return outside(n, text) + 1;
}

int large(int n)
{
	char text[20000];

	return outside(n, text) + 1;
}

#ifdef _WIN32
__declspec(dllexport) int outside(int n, const char *text)
{
	return n + *text;
}

int DllMainCRTStartup(void *a, int b, void *c)
{
	return a != c && b;
}

void ___chkstk_ms(void)
{
}
#endif
