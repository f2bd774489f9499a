/* SPDX-License-Identifier: MIT */
int work(int n);
int work(int n)
{
	volatile char bytes[400];

	bytes[n & 255] = 1;
	return bytes[3];
}
